//! Nothing: the dependencies are what is checked.
