// expect: a source publishes events: mark the table with (event) in its schema
#include <reel/service.hpp>
#include <sample/bank_events.hpp>

const auto source = reel::described_source(reel::source("intake").publishes<sample::bank::Receipt>());
