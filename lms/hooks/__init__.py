"""What machines elsewhere are told of certificates: who asked to be told, and what was sent; never what is issued."""
