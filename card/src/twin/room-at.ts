import type { Camera, Vector3 } from "three";
import type { HouseLayout } from "../model/layout.ts";

/**
 * The room under a point of the picture: the uppermost level first.
 * @param at     the point, in the camera's own coordinates (-1..1); becomes the ray through it
 * @param level  only this one and nothing outdoors; null: all
 * @returns the area's id; null where there is no room
 */
export function roomAt(at: Vector3, camera: Camera, house: HouseLayout, level: number | null): string | null {
  const { position } = camera;
  const ray = at.unproject(camera).sub(position);
  const rooms = [...house.levels]
    .reverse()
    .filter((one) => level === null || house.levels[level] === one)
    .flatMap((one) => one.rooms);
  const hit = [...rooms, ...house.outdoor].find((room) => {
    const along = (room.y - position.y) / ray.y;
    const [px, pz] = [position.x + ray.x * along, position.z + ray.z * along];
    return along > 0 && px >= room.x && px <= room.x + room.w && pz >= room.z && pz <= room.z + room.d;
  });
  return hit?.areaId ?? null;
}
