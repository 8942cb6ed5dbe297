/** Who asks, and what they may do. `guest` may do nothing but see that the process lives. */
export const ROLES = ["guest", "viewer", "operator", "admin"] as const;
export type UserRole = (typeof ROLES)[number];

/** True where `role` includes what `needed` asks for. */
export const mayDo = (role: UserRole, needed: UserRole): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed);

/** `user` is shown in the audit log: an id of Home Assistant, `token`, `demo`, or null for nobody. `inside`: the container's own health check. */
export type Caller = Readonly<{
  user: string | null;
  role: UserRole;
  via: "ingress" | "inside" | "bearer" | "cookie" | "open" | "none";
}>;

/**
 * How the port is protected (contract http.md, "Who may").
 * - ingress: behind the Supervisor, which has logged the user in. `roleOf` gives the role of a user Home Assistant
 *   knows and null for any other; the default for a known user is `viewer`.
 * - token: a bearer token, the same for everybody; who has it is `admin`.
 * - open: the demo, on loopback only; everybody is `admin`.
 */
export type Access =
  | Readonly<{
      kind: "ingress";
      supervisorAddress: string;
      roleOf: (userId: string) => Promise<Exclude<UserRole, "guest"> | null>;
    }>
  | Readonly<{ kind: "token"; token: string }>
  | Readonly<{ kind: "open" }>;

/** Where requests come from behind ingress. */
export const SUPERVISOR_ADDRESS = "172.30.32.2";
