"""The one place that loads litellm: offline, quiet, and only when a model is used."""

import logging
import os
import warnings
from functools import cache
from typing import Any


@cache
def litellm() -> Any:
    """Return the module; the first call takes seconds of CPU, so nothing offline may come here.

    Prices come from the installed copy, nothing is fetched; no parameter is dropped silently; nothing is printed.
    """
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    with warnings.catch_warnings():
        # Its records are built at their first use, with a warning about a type that is none of ours.
        warnings.simplefilter("ignore")
        import litellm as module

        module.ModelResponse()
    module.suppress_debug_info = True
    module.drop_params = False
    module.telemetry = False
    module.num_retries = 0
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "httpx"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return module
