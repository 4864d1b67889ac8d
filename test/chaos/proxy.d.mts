export const modes: readonly string[];
export class Proxy {
  static open(target: { port: number; host: string } | { path: string }): Promise<Proxy>;
  readonly port: number;
  set(mode: string): Promise<void>;
  heal(): Promise<void>;
  cutNow(): void;
  close(): Promise<void>;
}
