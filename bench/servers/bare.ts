/**
 * The bare baselines: what Express and Node cost without a gateway. `node bare.ts PORT UPSTREAM_PORT [WORKERS]`, in one
 * process, or in as many workers behind one port.
 *  - POST /static  express.json and a static reply              (a cache hit does at least this)
 *  - POST /v1/…    express.json, undici.request, res.json        (a cache miss does at least this)
 *  - PORT + 1      node:http, bytes piped through untouched      (a stream does at least this)
 */
import cluster from 'node:cluster';
import { createServer, Agent as HttpAgent, request as httpRequest } from 'node:http';
import express from 'express';
import { Pool } from 'undici';
import { COMPLETION } from './fixtures.ts';

const [port, upstreamPort, workers = 1] = process.argv.slice(2).map(Number) as [number, number, number?];
if (cluster.isPrimary && workers > 1) for (let worker = 0; worker < workers; worker++) cluster.fork();
else serve();

function serve(): void {
  const pool = new Pool(`http://127.0.0.1:${upstreamPort}`);

  const app = express();
  app.use(express.json({ limit: '32mb' }));
  app.post('/static', (_request, response) => {
    response.json(COMPLETION);
  });
  app.post(['/v1/chat/completions', '/v1/messages'], async (request, response) => {
    const reply = await pool.request({
      method: 'POST',
      path: request.path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request.body),
    });
    response.json(await reply.body.json());
  });
  app.listen(port, '127.0.0.1');

  const agent = new HttpAgent({ keepAlive: true, maxSockets: 1_000 });
  createServer({ noDelay: true }, (request, response) => {
    const { url: path, method, headers } = request;
    const upstream = httpRequest(
      { host: '127.0.0.1', port: upstreamPort, path, method, headers, agent },
      (reply) => {
        response.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(response);
      },
    );
    request.pipe(upstream);
  }).listen(port + 1, '127.0.0.1');
}
