#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "lease_conformance.hpp"
#include "transport/simulated/simulated_log.hpp"

namespace reel::conformance {

namespace {

class simulated_log_under_test final : public log_under_test {
public:
  simulated_log_under_test() {
    open();
  }
  ~simulated_log_under_test() override {
    log_.reset();
  }
  void reopen() override {
    log_.reset();
    open();
  }
  void progress() override {
    if (simulated_->pending() > 0) {
      simulated_->step();
    }
  }

private:
  void open() {
    auto opened = std::make_unique<transport::simulated_log>(storage_, transport::simulated_options{}, ++seed_);
    simulated_ = opened.get();
    log_ = std::move(opened);
  }

  transport::simulated_storage storage_;
  transport::simulated_log* simulated_ = nullptr;
  std::uint64_t seed_ = 0;
};

} // namespace

std::unique_ptr<log_under_test> make_log() {
  return std::make_unique<simulated_log_under_test>();
}

} // namespace reel::conformance
