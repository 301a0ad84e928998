# The server, with what PostgreSQL, Redis, emails, metrics and imported bcrypt hashes need. SQLite's file is in the volume /data.
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm pack --pack-destination /tmp

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=build /tmp/latchkey-*.tgz ./
RUN npm init -y && npm install --omit=dev ./latchkey-*.tgz pg redis nodemailer prom-client @node-rs/bcrypt && rm latchkey-*.tgz && npm cache clean --force
RUN mkdir /data && chown node:node /data && ln -s /app/node_modules/.bin/latchkey /usr/local/bin/latchkey
USER node
WORKDIR /data
VOLUME /data
RUN node /app/node_modules/latchkey/dist/cli/main.js --version # what it compiles is kept for the first start
EXPOSE 3000 9464
HEALTHCHECK --interval=10s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "/app/node_modules/latchkey/dist/cli/main.js", "serve"]
