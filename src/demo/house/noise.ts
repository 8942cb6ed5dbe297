/**
 * Seeded noise as a function of its keys, not of a sequence: the house without HyperVolt sees the same weather and the
 * same people as the house with it, whatever either does.
 */
export type Noise = Readonly<{
  /** Uniform in [0, 1), the same for the same name and index. */
  uniform(name: string, index: number): number;
  /** Standard normal. */
  normal(name: string, index: number): number;
  /** Continuous in time, in [0, 1): interpolated between independent values `periodMs` apart. */
  smooth(name: string, atMs: number, periodMs: number): number;
}>;

export function seededNoise(seed: number): Noise {
  const uniform = (name: string, index: number): number => {
    let h = 0x811c9dc5 ^ seed;
    for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
    h = Math.imul(h ^ (index & 0xffffffff), 0x85ebca6b);
    h = Math.imul(h ^ Math.floor(index / 0x100000000), 0xc2b2ae35);
    h ^= h >>> 15;
    h = Math.imul(h, 0x2c1b3c6d);
    h ^= h >>> 12;
    h = Math.imul(h, 0x297a2d39);
    h ^= h >>> 15;
    return (h >>> 0) / 0x100000000;
  };
  return {
    uniform,
    normal: (name, index) =>
      Math.sqrt(-2 * Math.log(1 - uniform(name, index))) * Math.cos(2 * Math.PI * uniform(`${name}'`, index)),
    smooth: (name, atMs, periodMs) => {
      const whole = Math.floor(atMs / periodMs);
      const part = atMs / periodMs - whole;
      const ease = part * part * (3 - 2 * part);
      return uniform(name, whole) * (1 - ease) + uniform(name, whole + 1) * ease;
    },
  };
}
