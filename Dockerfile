# One image per service: the bundle that `npm run build` has made, on a slim Node, as a user without rights.
# `npm run images` builds the bundles and then all images of docker-compose.yml.
FROM node:24-bookworm-slim

# The project whose bundle goes in, such as apps/extractor, and the bundle's name.
ARG APP
ARG BUNDLE=main

# Volumes mounted here belong to the user that writes to them.
RUN install -d -o node -g node /var/lib/lockstep

WORKDIR /app
# Nothing to copy? The bundles are made by `npm run images`.
COPY ${APP}/dist/*.mjs ./
RUN test "${BUNDLE}" = main || mv "${BUNDLE}.mjs" main.mjs
USER node
ENV NODE_ENV=production
CMD ["node", "main.mjs"]
