"""An assistant that answers questions about vitamin B12 deficiency and B12 injections."""
