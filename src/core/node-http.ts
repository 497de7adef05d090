import type { Server } from 'node:http';

/**
 * `node:http` as `require` gives it. An `import` of it reads every export, one of which is a getter that loads Node's
 * own undici with fetch and WebSocket: 50 ms and 16 MB for something that nobody here uses.
 */
export const { createServer, IncomingMessage, ServerResponse } = process.getBuiltinModule('node:http');

/** Resolves when connections are taken. @throws {Error} what the system says: `EADDRINUSE` */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: 4_096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
