"""Who teaches and answers for it: providers and the people who work for them; not what an accreditor says of them."""
