"""What tests of Kvitt stand on: real servers, the world of one service, whole processes."""
