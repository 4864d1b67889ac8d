export const redisProgram: string;
export class RedisServer {
  static start(...options: string[]): Promise<RedisServer>;
  readonly url: string;
  start(...options: string[]): Promise<void>;
  flush(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  kill(): Promise<void>;
  destroy(): Promise<void>;
}
