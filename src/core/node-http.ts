/**
 * `node:http` as `require` gives it. An `import` of it reads every export, one of which is a getter that loads Node's
 * own undici with fetch and WebSocket: 50 ms and 16 MB for something that nobody here uses.
 */
export const { createServer, IncomingMessage, ServerResponse } = process.getBuiltinModule('node:http');
