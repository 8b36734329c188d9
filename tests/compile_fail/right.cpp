// compiles: what all the others get wrong, done right
#include "unit/reel/account.hpp"

const auto service = reel::described_service(reel::service("bank").hosts<sample::bank::Account>());
const auto source = reel::described_source(reel::source("intake").publishes<sample::bank::TransferRequested>());
