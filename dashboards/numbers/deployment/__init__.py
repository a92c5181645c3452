"""Networks in the formats that they are deployed in."""
