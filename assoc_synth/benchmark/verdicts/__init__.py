"""What the gate says of the tables that it must tell apart: real ones, destroyed ones, this package's, competitors'."""
