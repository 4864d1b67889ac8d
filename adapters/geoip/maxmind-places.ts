import { readFileSync, statSync } from 'node:fs';
import { stat, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { Reader, type AsnResponse, type CityResponse, type Response } from 'maxmind';
import type { Places } from '../../commands/place-ports.js';
import type { Logger } from '../../commands/ports.js';
import type { GeoPlace, Network } from '../../domain/kernel/event.js';

const checkMs = 30_000;

/** A database file that is read again when it has become younger. */
class DatabaseFile<T extends Response> {
  readonly #path: string;
  readonly #log: Logger;
  readonly #checkMs: number;
  #reader: Reader<T> | null = null;
  #changedMs = 0;
  #checkedMs = 0;

  constructor(path: string, log: Logger, every: number) {
    this.#path = path;
    this.#log = log;
    this.#checkMs = every;
    this.#checkedMs = Date.now();
    try {
      this.#changedMs = statSync(path).mtimeMs;
      this.#reader = new Reader<T>(readFileSync(path));
    } catch (error) {
      this.#complain(error);
    }
  }

  get isOpen(): boolean {
    return this.#reader !== null;
  }

  get(ip: string): T | null {
    if (Date.now() - this.#checkedMs >= this.#checkMs) void this.#refresh();
    return this.#reader?.get(ip) ?? null;
  }

  async #refresh(): Promise<void> {
    this.#checkedMs = Date.now();
    try {
      const { mtimeMs } = await stat(this.#path);
      if (mtimeMs <= this.#changedMs) return;
      this.#reader = new Reader<T>(await readFile(this.#path));
      this.#changedMs = mtimeMs;
    } catch (error) {
      // What was read before goes on to answer.
      this.#complain(error);
    }
  }

  #complain(error: unknown): void {
    this.#log.warn({ err: error, file: this.#path }, 'a database of places cannot be read');
  }
}

const placeOf = ({
  continent,
  country,
  registered_country: registered,
  city,
  location,
}: CityResponse): GeoPlace => ({
  continent: continent?.code ?? null,
  country: country?.iso_code ?? registered?.iso_code ?? null,
  city: city?.names.en ?? null,
  lat: location?.latitude ?? null,
  lon: location?.longitude ?? null,
});

const networkOf = (found: AsnResponse): Network => ({
  number: found.autonomous_system_number,
  org: found.autonomous_system_organization,
});

/** Files in the format of MaxMind, City and ASN. Without a path what it tells stays unknown. */
export const maxmindPlaces = (
  paths: { readonly city: string | null; readonly asn: string | null },
  log: Logger,
  every = checkMs,
): Places => {
  const city = paths.city === null ? null : new DatabaseFile<CityResponse>(paths.city, log, every);
  const asn = paths.asn === null ? null : new DatabaseFile<AsnResponse>(paths.asn, log, every);
  return {
    of: (ip) => {
      if (ip === null || isIP(ip) === 0) return {};
      const place = city?.get(ip) ?? null;
      const network = asn?.get(ip) ?? null;
      return {
        ...(place === null ? {} : { geo: placeOf(place) }),
        ...(network === null ? {} : { asn: networkOf(network) }),
      };
    },
    knowsPlaces: () => city?.isOpen ?? false,
    knowsNetworks: () => asn?.isOpen ?? false,
  };
};
