"""The migrations, run by alembic when the server starts or by ``b12 migrate``."""
