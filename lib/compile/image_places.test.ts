import { describe, expect, test } from "bun:test";
import { ImagePlaces } from "./image_places.ts";

/** An image with these places, where /var/run leads to /run. */
function placesOf(...there: readonly string[]): ImagePlaces {
  const followLinks = (path: string): string => path.replace(/^\/+/, "").replace(/^var\/run(?=\/|$)/, "run");
  const find = (path: string): string | undefined => {
    const place = followLinks(path);
    return there.includes(place) ? place : undefined;
  };
  return new ImagePlaces({ followLinks, find });
}

describe("places of an image", () => {
  test("are there, or are not", () => {
    const places = placesOf("srv", "run/secrets");
    expect(["srv", "/srv", "var/run/secrets", "mnt"].map((path) => places.has(path))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test("may be the root by another name", () => {
    const links: Readonly<Record<string, string>> = { "to-root": "" };
    const places = new ImagePlaces({ followLinks: (path) => links[path] ?? path });
    expect(["to-root", "srv"].map((path) => places.leadToRoot(path))).toEqual([true, false]);
  });

  test("are out of sight below a mount, by whatever name", () => {
    const places = placesOf("run", "run/secrets", "running", "srv");
    places.mounted("var/run", false);
    expect(["run/secrets", "var/run/secrets"].map((path) => places.has(path))).toEqual([false, false]);
    expect(["run", "running", "srv"].map((path) => places.has(path))).toEqual([true, true, true]);
  });

  test("that were missing count as mount points", () => {
    const places = placesOf("data/sub");
    places.mounted("data", true);
    expect(places.has("data/sub")).toBe(false);
  });

  test("are not known any more once links of a mount may have led another elsewhere", () => {
    const places = placesOf("srv", "dev", "dev/shm");
    places.mounted("dev", false);
    places.mounted("dev/shm", false);
    expect(places.has("srv")).toBe(true);
    places.mounted("srv", true);
    places.mounted("srv/link", true);
    expect([places.has("srv"), places.has("dev")]).toEqual([false, false]);
  });

  test("are not known after hooks, or where nobody looks", () => {
    const places = placesOf("srv");
    places.forget();
    expect(places.has("srv")).toBe(false);
    expect(new ImagePlaces({ followLinks: (path) => path }).has("srv")).toBe(false);
  });
});
