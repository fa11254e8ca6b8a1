# A broker in a container, from the package as `npm pack` makes it (`npm run prebuild` before it):
#   npm pack && docker build --build-arg TARBALL=odradek-0.1.0.tgz -t odradek .
#   docker run -p 9092:9092 -v orders:/data odradek
# Clients outside of the container's host need its address: --advertise HOST:PORT behind the image's
# name, together with --listen 0.0.0.0:9092.
FROM node:24-slim
ARG TARBALL
COPY ${TARBALL} /tmp/odradek.tgz
RUN npm install --global --no-audit --no-fund /tmp/odradek.tgz && rm /tmp/odradek.tgz \
  && install --directory --owner=node /data
USER node
VOLUME /data
EXPOSE 9092
STOPSIGNAL SIGTERM
# Node is process 1 and handles SIGTERM itself: no shell and no npx in front of it.
ENTRYPOINT ["odradek", "start", "--data", "/data"]
CMD ["--listen", "0.0.0.0:9092", "--advertise", "localhost:9092"]
