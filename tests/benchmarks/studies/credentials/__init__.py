"""Studies of what proves who somebody is: keys, signatures, factors."""
