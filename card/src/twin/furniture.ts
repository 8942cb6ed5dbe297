import type { Room } from "../model/layout.ts";
import type { Box } from "./boxes.ts";
import type { Paint } from "./paint.ts";

/** What a room is for, guessed from its name in the languages the card speaks. */
const KINDS: readonly (readonly [RegExp, (room: Room, paint: Paint) => Box[]])[] = [
  [/bed|child|kid|nurser|guest|schlaf|kind|gäste|gast|chambre|enfant|dormitorio|habitaci|slaap|logeer/i, bedroom],
  [/living|lounge|family|tv|wohn|stube|salon|séjour|sejour|sal[oó]n|sala|woon|huiskamer/i, living],
  [/kitchen|küche|kuche|cuisine|cocina|keuken/i, kitchen],
  [/dining|ess|salle à manger|comedor|eet/i, dining],
  [/bath|shower|wc|toilet|bad|dusche|bain|douche|baño|bano|aseo/i, bath],
  [/office|study|work|büro|buro|arbeit|bureau|oficina|despacho|kantoor|werk/i, office],
];

/** A few pieces, so that a room can be told by its look; none where it is too small. */
export function furniture(room: Room, paint: Paint): Box[] {
  if (room.outdoor || room.w < 2 || room.d < 1.8) return [];
  const kind = KINDS.find(([name]) => name.test(room.name));
  return kind ? kind[1](room, paint) : [];
}

function bedroom({ x, z, w, d, y }: Room, paint: Paint): Box[] {
  const [cx, cz] = [x + w - 1.25, z + d * 0.5];
  return [
    { x: cx, z: cz, y, w: 2, d: 1.5, h: 0.2, colour: paint.wood },
    { x: cx - 0.15, z: cz, y: y + 0.2, w: 1.65, d: 1.42, h: 0.14, colour: paint.fabric },
    { x: cx + 0.78, z: cz - 0.36, y: y + 0.2, w: 0.36, d: 0.56, h: 0.2, colour: paint.white },
    { x: cx + 0.78, z: cz + 0.36, y: y + 0.2, w: 0.36, d: 0.56, h: 0.2, colour: paint.white },
  ];
}

function living({ x, z, w, d, y }: Room, paint: Paint): Box[] {
  const [cx, cz] = [x + w * 0.52, z + d * 0.56];
  return [
    { x: cx, z: cz, y, w: Math.min(w * 0.6, 3), d: Math.min(d * 0.55, 2.1), h: 0.02, colour: paint.white },
    { x: cx, z: cz + 0.75, y, w: 1.9, d: 0.75, h: 0.32, colour: paint.fabric },
    { x: cx, z: cz + 1.05, y, w: 1.9, d: 0.2, h: 0.62, colour: paint.fabric },
    { x: cx, z: cz - 0.25, y, w: 0.95, d: 0.55, h: 0.28, colour: paint.wood },
  ];
}

function kitchen({ x, z, w, d, y }: Room, paint: Paint): Box[] {
  return [
    { x: x + w - 0.42, z: z + d * 0.5, y, w: 0.6, d: d * 0.62, h: 0.82, colour: paint.white },
    { x: x + w - 0.42, z: z + d * 0.5, y: y + 0.82, w: 0.64, d: d * 0.64, h: 0.05, colour: paint.wood },
    ...table(x + w * 0.42, z + d * 0.62, y, 1.15, 0.75, paint),
  ];
}

function dining({ x, z, w, d, y }: Room, paint: Paint): Box[] {
  return table(x + w / 2, z + d / 2, y, 1.9, 0.9, paint);
}

function table(x: number, z: number, y: number, w: number, d: number, paint: Paint): Box[] {
  const leg = (dx: number, dz: number): Box => ({
    x: x + dx,
    z: z + dz,
    y,
    w: 0.07,
    d: 0.07,
    h: 0.6,
    colour: paint.wood,
  });
  const [lx, lz] = [w / 2 - 0.1, d / 2 - 0.1];
  return [
    { x, z, y: y + 0.6, w, d, h: 0.06, colour: paint.wood },
    leg(lx, lz),
    leg(-lx, lz),
    leg(lx, -lz),
    leg(-lx, -lz),
  ];
}

function bath({ x, z, w, d, y }: Room, paint: Paint): Box[] {
  return [
    { x: x + w - 0.6, z: z + d - 0.95, y, w: 0.8, d: 1.5, h: 0.42, colour: paint.white },
    { x: x + w - 0.6, z: z + d - 0.95, y: y + 0.36, w: 0.6, d: 1.28, h: 0.07, colour: paint.cool },
  ];
}

function office({ x, z, w, d, y }: Room, paint: Paint): Box[] {
  return [
    ...table(x + w * 0.55, z + d * 0.45, y, 1.4, 0.7, paint),
    { x: x + w * 0.55, z: z + d * 0.4, y: y + 0.66, w: 0.6, d: 0.04, h: 0.36, colour: paint.glass },
    { x: x + w * 0.55, z: z + d * 0.45 + 0.7, y, w: 0.45, d: 0.45, h: 0.4, colour: paint.fabric },
  ];
}
