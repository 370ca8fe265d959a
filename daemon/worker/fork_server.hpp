// The fork server: loads the codecs once, then forks a worker for each request of the daemon and tells how it ended.
// One thread, no heap of the daemon: it is a program of its own. Ends when the daemon does, and its workers with it.
#pragma once

namespace gannet::worker {

/// `daemon` is its end of a SOCK_SEQPACKET pair. The exit code.
int serve(int daemon);

}  // namespace gannet::worker
