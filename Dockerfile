# Production dependencies in a stage of their own, so that a change of source does not install them again.
FROM node:26-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:26-slim
ENV NODE_ENV=production
# One arena of malloc for all threads: some 15 MB less under load (docs/performance.md).
ENV MALLOC_ARENA_MAX=1
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY src ./src
# The embedded database lives in data; mount a volume to keep it. The compile cache makes later starts quicker.
RUN mkdir -p data node_modules/.cache && chown node:node data node_modules/.cache
USER node
EXPOSE 4000
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 4000) + '/health/live').then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
# As npm start, and not through npm, which would keep SIGTERM from the server and so its drain.
CMD ["node", "--max-semi-space-size=16", "src/start.js"]
