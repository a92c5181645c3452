# The package with PyTorch's CPU builds. Not built yet: no Docker was at hand. The first command of the README:
#   docker build --tag sparsity . && docker run --rm --volume "$PWD/results:/sparsity/results" sparsity
# The second:
#   docker run --rm sparsity sh -c 'pip install ".[test]" && pytest'
# KubeRay asks Ray's dashboard, which is in ".[cluster]", with wget whether a node is healthy.
FROM python:3.12-slim
WORKDIR /sparsity
RUN apt-get update && apt-get install --yes --no-install-recommends wget && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir torch torchvision --index-url https://download.pytorch.org/whl/cpu
COPY . .
RUN pip install --no-cache-dir ".[cluster]"
CMD ["sparsity", "sweep", "sweeps/quickstart.yaml"]
