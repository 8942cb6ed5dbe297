/** Where power comes from and goes to. A battery is one node each. */
export type NodeId = "grid" | "solar" | "home" | `battery:${string}`;
export type Flow = Readonly<{ from: NodeId; to: NodeId; powerW: number }>;
export type FlowPicture = Readonly<{
  flows: readonly Flow[];
  /** Measured, or what remains of the others where it is not measured; W. */
  loadW: number;
  /** Supply minus demand that the meters do not explain, W; 0 where the load is derived. */
  unaccountedW: number;
}>;
/** + is import, + charges a battery; null is unknown and counts as nothing. */
export type Powers = Readonly<{
  gridW: number | null;
  loadW: number | null;
  pvW: number | null;
  batteries: readonly Readonly<{ id: string; powerW: number | null }>[];
}>;

type Amount = { node: NodeId; powerW: number };

/**
 * Which source feeds which use: the sun first feeds the home, then batteries, then the grid; batteries and the grid
 * cover what is left. What flows into a node and out of it is its power, up to `unaccountedW`.
 */
export function homeFlows(powers: Powers): FlowPicture {
  const gridW = powers.gridW ?? 0;
  const sources: Amount[] = [
    { node: "solar", powerW: Math.max(powers.pvW ?? 0, 0) },
    ...powers.batteries.map(({ id, powerW }) => ({
      node: `battery:${id}` as const,
      powerW: Math.max(-(powerW ?? 0), 0),
    })),
    { node: "grid", powerW: Math.max(gridW, 0) },
  ];
  const uses: Amount[] = [
    ...powers.batteries.map(({ id, powerW }) => ({ node: `battery:${id}` as const, powerW: Math.max(powerW ?? 0, 0) })),
    { node: "grid", powerW: Math.max(-gridW, 0) },
  ];
  const total = (amounts: readonly Amount[]): number => amounts.reduce((sum, { powerW }) => sum + powerW, 0);
  const leftForHomeW = total(sources) - total(uses);
  const loadW = powers.loadW ?? Math.max(leftForHomeW, 0);
  uses.unshift({ node: "home", powerW: Math.max(loadW, 0) });
  const unaccountedW = powers.loadW === null && leftForHomeW >= 0 ? 0 : leftForHomeW - loadW;

  const flows: Flow[] = [];
  for (const source of sources)
    for (const use of uses) {
      const powerW = Math.min(source.powerW, use.powerW);
      if (powerW <= 0 || source.node === use.node) continue;
      source.powerW -= powerW;
      use.powerW -= powerW;
      flows.push({ from: source.node, to: use.node, powerW });
    }
  return { flows, loadW, unaccountedW };
}

/** Whether a meter tells anything of what flows. */
export const isMetered = ({ gridW, loadW, pvW, batteries }: Powers): boolean =>
  [gridW, loadW, pvW, ...batteries.map(({ powerW }) => powerW)].some((powerW) => powerW !== null);
