export function whatIsMissing(): string | undefined;
export function buildServer(): void;
export interface TestServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the process has ended, however that came. */
  readonly exited: Promise<unknown>;
  /** Ends it in good order; a temporary data folder is removed. */
  stop(): Promise<void>;
  /** Ends it as a power cut would (SIGKILL); the data folder stays. */
  kill(): Promise<void>;
}
export function startServer(options?: {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Folder that keeps the data over restarts. Default `-`: a temporary one. */
  readonly data?: string;
  /** Node settings as `name=value`. */
  readonly settings?: readonly string[];
}): Promise<TestServer>;
