export class Server {
  constructor(options: {
    name: string;
    folder: string;
    ports: { http: number; https: number };
    environment: Record<string, string>;
  });
  readonly origin: string;
  readonly pid: number | null;
  readonly deaths: readonly unknown[];
  start(): Promise<void>;
  isReady(): Promise<boolean>;
  end(signal: NodeJS.Signals): Promise<void>;
  handles(): number;
  logLines(): { level: number; msg: string }[];
}
