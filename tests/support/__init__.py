"""What the system tests stand on: real servers, real pictures, and the programs run and looked at from outside."""
