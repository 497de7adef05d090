/** The fake provider: as cheap as a server can be, so that what is measured is the gateway. `node upstream.ts PORT` */
import { createServer, type ServerResponse } from 'node:http';
import { COMPLETION, streamEvents } from './fixtures.ts';

const reply = Buffer.from(JSON.stringify(COMPLETION));
const events = streamEvents().map((event) => Buffer.from(event));

const server = createServer({ noDelay: true }, (request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (part: string) => {
    body += part;
  });
  request.on('end', () => {
    if (!body.includes('"stream":true')) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': reply.length });
      response.end(reply);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    sendFrames(response, 0);
  });
});
server.keepAliveTimeout = 600_000;
server.listen(Number(process.argv[2]), '127.0.0.1');

/** Each frame in a write and a turn of the event loop of its own, as frames that come one by one from a model. */
function sendFrames(response: ServerResponse, index: number): void {
  if (index === events.length) {
    response.end();
    return;
  }
  response.write(events[index]!);
  setImmediate(sendFrames, response, index + 1);
}
