# Capsize on a bare Debian 12, built from this checkout:
#   docker build -t capsize .
#   docker run --rm capsize run --time-limit 3s
#   docker run --rm -v "$PWD:/work" capsize check history.jsonl
# Everything runs without root, and without capabilities beyond Docker's defaults.
FROM debian:12-slim AS build
WORKDIR /src
COPY scripts/setup scripts/setup
COPY scripts/packages scripts/packages
RUN scripts/setup demo
COPY . .
RUN scripts/build release capsize capsize-node capsize-node-with-bugs capsize-proxy capsize-sim \
 && cmake --install build --prefix /opt/capsize --strip

FROM debian:12-slim
RUN apt-get update -q \
 && apt-get install -y -q --no-install-recommends libzmq5 libsimdjson14 libfmt9 libspdlog1.10 \
    zlib1g libzstd1 liblzma5 libarchive13 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/capsize /opt/capsize
RUN useradd --create-home capsize && mkdir /work && chown capsize /work
USER capsize
WORKDIR /work
ENTRYPOINT ["/opt/capsize/bin/capsize"]
CMD ["--help"]
