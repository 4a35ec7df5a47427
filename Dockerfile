# The dashboard in a container: CPU torch, not root, an init process that reaps finished jobs, a health check.
FROM python:3.11-slim

ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu

RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 landscape && mkdir /runs /state && chown landscape /runs /state && chmod 700 /state

WORKDIR /opt/landscape
COPY pyproject.toml constraints.txt README.md LICENSE app.py ./
RUN pip install --no-cache-dir "$(grep '^torch==' constraints.txt)" --index-url "$TORCH_INDEX"
COPY landscape_app landscape_app
COPY assets assets
COPY studies studies
RUN pip install --no-cache-dir '.[celery]' -c constraints.txt

USER landscape
# Keys and the server's own state: never in the runs folder, which may be shared. With its key lost, runs made here before are a stranger's.
ENV LANDSCAPE_STATE=/state
VOLUME /runs /state
EXPOSE 8050
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8050/readyz', timeout=4)"]
ENTRYPOINT ["tini", "--"]
# Inside the container it listens on its own loopback only: run with `--network host`, or see README, "In a container".
CMD ["landscape", "serve", "--runs", "/runs", "--quickstart"]
