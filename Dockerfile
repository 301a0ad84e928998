# The server, with what PostgreSQL, Redis, emails, metrics and imported bcrypt hashes need. SQLite's file is in the volume /data.
# Pin the base by digest for a build that can be repeated: docs/production.md#docker.
ARG BASE=node:24-slim

FROM $BASE AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm pack --ignore-scripts --pack-destination /tmp

FROM $BASE
ENV NODE_ENV=production HOST=0.0.0.0 NODE_COMPILE_CACHE=/app/compiled
WORKDIR /app
# The packages have the versions that the tests ran with, none of them runs a script, and root owns them.
COPY deploy/image/package.json deploy/image/package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev && npm cache clean --force
COPY --from=build /tmp/latchkey-*.tgz /tmp/
RUN mkdir node_modules/latchkey && tar -xzf /tmp/latchkey-*.tgz --strip-components=1 -C node_modules/latchkey && rm /tmp/latchkey-*.tgz
RUN node -e "['@node-rs/bcrypt', '@simplewebauthn/server', 'nodemailer', 'pg', 'prom-client', 'redis'].map(require.resolve)"
RUN chmod 0755 node_modules/latchkey/dist/cli/main.js && ln -s /app/node_modules/latchkey/dist/cli/main.js /usr/local/bin/latchkey
RUN latchkey --version # what it compiles is kept for the first start
RUN mkdir /data && chown node:node /data && chmod 0700 /data
# The number of the user `node`: Kubernetes proves with it that the image does not run as root (runAsNonRoot).
USER 1000:1000
WORKDIR /data
VOLUME /data
EXPOSE 3000 9464
HEALTHCHECK --interval=10s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "/app/node_modules/latchkey/dist/cli/main.js", "serve"]
