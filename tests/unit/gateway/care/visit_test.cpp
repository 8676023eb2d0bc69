#include "gateway/care/visit.hpp"

#include <gtest/gtest.h>

namespace gateway::care {
namespace {

TEST(Happening, IsWhatTheCodeOrElseTheStatusSays) {
  using enum Happening;
  struct Row {
    const char* attended;
    const char* status;
    const char* outcome;
    Happening what;
  };
  for (const Row& row : {Row{"", "booked", "", kBooked},
                         Row{"0", "booked", "", kBooked},
                         Row{"0", "cancelled", "", kCancelled},
                         Row{"2", "booked", "", kCancelled},
                         Row{"4", "booked", "", kCancelled},
                         Row{"3", "booked", "", kNotAttended},
                         Row{"3", "cancelled", "", kNotAttended},
                         Row{"5", "booked", "", kAttended},
                         Row{"6", "noshow", "", kAttended},
                         Row{"7", "noshow", "", kTooLate},
                         Row{"7", "fulfilled", "1", kTooLate},
                         Row{"", "noshow", "", kNotAttended},
                         Row{"", "noshow", "1", kNotAttended},
                         Row{"", "entered-in-error", "", kCancelled},
                         Row{"", "fulfilled", "", kAttended},
                         Row{"", "fulfilled", "1", kDischarged},
                         Row{"5", "fulfilled", "3", kAttended},
                         Row{"", "proposed", "", kNothing},
                         Row{"", "waitlist", "", kNothing},
                         Row{"", "planned", "", kNothing},
                         Row{"", "", "", kNothing}}) {
    EXPECT_EQ(happening_of(row.attended, row.status, row.outcome), row.what)
        << row.attended << ' ' << row.status << ' ' << row.outcome;
  }
}

}  // namespace
}  // namespace gateway::care
