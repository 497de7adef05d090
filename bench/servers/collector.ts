/** Takes whatever observers send (spans, traces, alerts) and says yes. `node collector.ts PORT` */
import { createServer } from 'node:http';

createServer((request, response) => {
  request.resume().on('end', () => response.end('{}'));
}).listen(Number(process.argv[2]), '127.0.0.1');
