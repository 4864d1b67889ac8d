export class Cluster {
  constructor(options: { folder: string; port: number; ownDisk: boolean });
  readonly port: number;
  create(parent: string): Promise<void>;
  start(): Promise<void>;
  end(signal: 'SIGKILL' | 'SIGQUIT' | 'SIGINT'): Promise<void>;
  freeze(): void;
  thaw(): void;
  fillDisk(): void;
  freeDisk(): void;
  readonly running: boolean;
  url(port?: number): string;
  connections(): Promise<number>;
  query(text: string, database?: string, values?: unknown[]): Promise<any[]>;
  destroy(): Promise<void>;
}
