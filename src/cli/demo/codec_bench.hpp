// `bench codec`: the shop's events as FlatBuffers, JSON and Protocol Buffers.
#pragma once

#include "cli/bench/report.hpp"

namespace reel::demo {

/// One thread; each codec does the same, in turns, so that all meet the machine in the same mood.
[[nodiscard]] cli::bench::report measure_codecs(std::uint64_t orders);

} // namespace reel::demo
