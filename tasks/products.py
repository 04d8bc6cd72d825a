"""Products as people say them."""

from convsim.org.generate.latent import ProductFact


def product_forms(product: ProductFact) -> tuple[str, ...]:
    """Return wordings of a product: "the Meridian 40 router", "our Meridian 40 router"; software takes no article."""
    plain = product.name if product.family == "Software" else f"the {product.name}"
    return tuple(dict.fromkeys((plain, product.name, f"our {product.name}")))
