"""What tests of Kvitt are built on: real servers, the world of one service, whole processes."""
