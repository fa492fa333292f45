/**
 * What is known of an image before anything is done in it. Hints all of them: the kernel resolves every path again,
 * inside the root, and what has gone meanwhile is missing.
 */
export interface ImageView {
  /** A path without links, as far as they can be followed in the image: where what is missing is to be made. */
  followLinks(path: string): string;
  /** The path without links of what is there; undefined if it is not, or cannot be told. */
  find?(path: string): string | undefined;
}

/** Where nothing is known. */
export const UNSEEN: ImageView = { followLinks: (path) => path };

/** Which places of a root file system are there by the time that something is mounted on them. */
export class ImagePlaces {
  readonly #image: ImageView;
  readonly #found = new Map<string, string | undefined>();
  readonly #followed = new Map<string, string>();
  /** Mount points by their paths without links, and whether what is mounted may have links of its own. */
  readonly #mounted = new Map<string, boolean>();
  #isKnown = true;

  constructor(image: ImageView) {
    this.#image = image;
  }

  /** A path without links, as far as the image tells where they lead. */
  followLinks(path: string): string {
    let followed = this.#followed.get(path);
    if (followed === undefined) {
      followed = this.#image.followLinks(path);
      this.#followed.set(path, followed);
    }
    return followed;
  }

  /** Whether a link leads from this path to the root itself. */
  leadToRoot(path: string): boolean {
    return this.#find(path) === undefined && this.followLinks(path) === "";
  }

  /** Whether nothing has to be made at this path. */
  has(path: string): boolean {
    if (!this.#isKnown) return false;
    const found = this.#find(path);
    return found !== undefined && (this.#mounted.has(found) || this.#mountAbove(found) === undefined);
  }

  /**
   * Something is mounted at this path from here on: what the image has below it is out of sight.
   *
   * @param hasLinks whether links in it may lead what is mounted below it elsewhere
   */
  mounted(path: string, hasLinks: boolean): void {
    if (this.#image.find === undefined || !this.#isKnown) return;
    const place = this.#find(path) ?? this.followLinks(path);
    if (this.#mountAbove(place) === true) this.forget();
    else this.#mounted.set(place, hasLinks);
  }

  /** Anything may have changed: nothing is known any more. */
  forget(): void {
    this.#isKnown = false;
  }

  #find(path: string): string | undefined {
    if (this.#image.find === undefined || this.#found.has(path)) return this.#found.get(path);
    const found = this.#image.find(path);
    this.#found.set(path, found);
    return found;
  }

  /** Whether the innermost mount above the place may have links; undefined without one. */
  #mountAbove(place: string): boolean | undefined {
    for (let end = place.lastIndexOf("/"); end > 0; end = place.lastIndexOf("/", end - 1)) {
      const hasLinks = this.#mounted.get(place.slice(0, end));
      if (hasLinks !== undefined) return hasLinks;
    }
    return undefined;
  }
}
