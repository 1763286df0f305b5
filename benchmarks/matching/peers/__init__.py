"""Other engines, each in the best configuration known to us, all asked through `peer.Peer`."""
