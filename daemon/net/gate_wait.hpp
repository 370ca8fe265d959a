// Waiting for a slot of the address gate, in a lane. Lane thread only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "net/address_gate.hpp"
#include "net/byte_stream.hpp"
#include "net/deadlines.hpp"
#include "net/race.hpp"

namespace gannet::net {

/// A slot of one of the addresses, by `total_end`. An impatient one is turned away when too many wait, or after a few
/// seconds: it holds a place among all that may be under way. That there was no slot is nobody's failure: the fault is
/// then `cancelled`, with Fault::again_in.
Task<Result<std::unique_ptr<AddressGate::Slot>>> pass(boost::asio::io_context& io, Deadlines& deadlines,
                                                      AddressGate& gate, Addresses addresses,
                                                      AddressGate::Patience patience, TimePoint total_end);

}  // namespace gannet::net
