#include "fhir/ucum/unit.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "fhir/ucum/atoms.hpp"

namespace fhir::ucum {
namespace {

std::string suite(const std::string& path) {
  const char* folder = std::getenv("LIGAMENT_SUITES");
  std::ifstream in((folder == nullptr ? std::string(LIGAMENT_SOURCE_DIR "/../shared/suites") : folder) + "/" +
                   path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Unit, TakesTheWholeGrammar) {
  for (const char* code : {"1",
                           "m",
                           "/min",
                           "{score}",
                           "{}",
                           "10*3/uL",
                           "10^-3",
                           "mm[Hg]",
                           "kg/m2",
                           "mL/min/{1.73_m2}",
                           "/100{WBC}",
                           "g.m/s2",
                           "(g/mol).(mol/L)",
                           "m+2",
                           "m-1",
                           "[lb_av]",
                           "[in_i'H2O]",
                           "B[10.nV]",
                           "dB[SPL]",
                           "[m/s2/Hz^(1/2)]",
                           "%",
                           "g%",
                           "''",
                           "umol/(2.h)",
                           "kBy",
                           "KiBy",
                           "{beats}/min",
                           "[iU]/mL",
                           "k[IU]/mL",
                           "Cel",
                           "J/Cel",
                           "12",
                           "10{tbl}",
                           "(m){wide}",
                           "daL",
                           "[degF]",
                           "a_j",
                           "meq/L",
                           "4.[pi].10*-7.N/A2"}) {
    EXPECT_TRUE(is_unit(code)) << code;
  }
  for (const char* code :
       {"",   " ",  "mm Hg", "mmHg", "furlong", "[s]",    "kk",        "kmin",  "m/", "m//s",
        "(m", "m)", "m0",    "m99",  "{open",   "open}",  "{a{b}}",    "Cel2x", "0",  "m..s",
        ".m", "m.", "2m",    "m2s",  "[lb_av",  "lb_av]", "\xc2\xb5g", "dda",   "()", "m-"}) {
    EXPECT_FALSE(is_unit(code)) << code;
  }
  EXPECT_FALSE(is_unit(std::string(300, 'm')));
  EXPECT_FALSE(is_unit(std::string(100, '(')));
}

TEST(Atoms, AreSortedAndDefinedByOthers) {
  const auto all = atoms();
  for (std::size_t i = 1; i < all.size(); ++i)
    EXPECT_LT(all[i - 1].code, all[i].code);
  for (const Atom& atom : all) {
    EXPECT_TRUE(is_unit(atom.code)) << atom.code;
    EXPECT_TRUE(reduce(atom.code).has_value()) << atom.code;
    EXPECT_TRUE(atom.unit.empty() || is_unit(atom.unit)) << atom.code;
  }
}

TEST(Reduce, GivesTheCanonicalUnit) {
  struct Row {
    const char* code;
    const char* base;
  };
  for (const Row& row :
       {Row{"N", "m.s-2.g"}, Row{"mm[Hg]", "m-1.s-2.g"}, Row{"mmol/L", "m-3.mol"}, Row{"%", "1"},
        Row{"{score}", "1"}, Row{"[iU]/mL", "m-3.[iU]"}, Row{"[IU]", "[iU]"}, Row{"[pH]", "[pH]"},
        Row{"[CFU]/[HPF]", "[CFU]"}, Row{"lx", "m-2.rad2.cd"}, Row{"m/m", "1"}}) {
    const auto unit = reduce(row.code);
    ASSERT_TRUE(unit) << row.code;
    EXPECT_EQ(unit->base_text(), row.base) << row.code;
  }
  EXPECT_FALSE(reduce("J/Cel"));
  EXPECT_FALSE(reduce("mCel"));
  EXPECT_FALSE(reduce("[iU].[CFU].[pH]"));
}

struct ConvertRow {
  const char* value;
  const char* from;
  const char* to;
  const char* expected;  ///< Null: not comparable.
};

TEST(Convert, IsExact) {
  for (const ConvertRow& row : {ConvertRow{"1", "m", "cm", "100"},
                                {"72.5", "kg", "g", "72500"},
                                {"37", "Cel", "[degF]", "98.6"},
                                {"100", "Cel", "[degRe]", "80"},
                                {"1", "[ft_i]", "[in_i]", "12"},
                                {"1", "[stone_av]", "kg", "6.35029318"},
                                {"1", "[pt_br]", "mL", "568.26125"},
                                {"120", "mm[Hg]", "kPa", "15.9986864898"},
                                {"1", "bar", "Pa", "100000"},
                                {"5", "10*9/L", "10*3/uL", "5"},
                                {"1", "kat", "U", "60000000"},
                                {"1", "[Cal]", "kJ", "4.184"},
                                {"180", "deg", "[pi].rad", "1"},
                                {"1", "KiBy", "bit", "8192"},
                                {"10", "dB", "B", "1"},
                                {"1", "ym", "Ym", "0.000000000000000000000000000000000000000000000001"},
                                {"1", "mol", "1", nullptr},
                                {"1", "[iU]", "[CFU]", nullptr},
                                {"1", "B[V]", "B[mV]", nullptr},
                                {"1", "m", "s", nullptr}}) {
    const auto from = reduce(row.from);
    const auto to = reduce(row.to);
    ASSERT_TRUE(from && to) << row.from << " " << row.to;
    const auto value = convert(*Decimal::parse(row.value), *from, *to);
    if (row.expected == nullptr) {
      EXPECT_FALSE(value) << row.from << " " << row.to;
    } else if (std::string_view(row.to) != "Ym") {
      ASSERT_TRUE(value) << row.from << " " << row.to;
      EXPECT_EQ(value->stripped().text(), row.expected) << row.from << " to " << row.to;
    } else {
      EXPECT_FALSE(value);  // no place in 38 digits
    }
  }
}

TEST(Compare, OrdersAcrossUnits) {
  const auto order = [](const char* a, const char* unit_a, const char* b, const char* unit_b) {
    return *compare(*Decimal::parse(a), *reduce(unit_a), *Decimal::parse(b), *reduce(unit_b));
  };
  EXPECT_TRUE(order("1", "m", "1", "[ft_i]") == std::weak_ordering::greater);
  EXPECT_TRUE(order("1000", "mg", "1.0", "g") == std::weak_ordering::equivalent);
  EXPECT_TRUE(order("36", "Cel", "98", "[degF]") == std::weak_ordering::less);
}

/// Every attribute `Code` of the elements `unit`, `base-unit` and `prefix` of the published table.
std::set<std::string> published(const std::string& text, const std::string& element) {
  std::set<std::string> codes;
  const std::string open = "<" + element + " Code=\"";
  for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at + 1)) {
    const std::size_t begin = at + open.size();
    codes.insert(text.substr(begin, text.find('"', begin) - begin));
  }
  return codes;
}

TEST(Essence, EveryPublishedCodeIsKnown) {
  const std::string text = suite("fhir-test-cases/ucum/ucum-essence.xml");
  if (text.empty()) GTEST_SKIP() << "the suites are not here";
  std::size_t count = 0;
  for (const char* element : {"unit", "base-unit"}) {
    for (const std::string& code : published(text, element)) {
      ++count;
      EXPECT_TRUE(is_unit(code)) << code;
      EXPECT_TRUE(reduce(code).has_value()) << code;
      const auto atom = find_atom(code);
      ASSERT_TRUE(atom) << code;
      // Metric units take every prefix, the others none.
      const std::size_t at = text.find(std::string("<") + element + " Code=\"" + code + "\"");
      const std::string tag = text.substr(at, text.find('>', at) - at);
      const bool takes =
          element == std::string("base-unit") || tag.find("isMetric=\"yes\"") != std::string::npos;
      EXPECT_EQ(atoms()[*atom].metric, takes) << code;
    }
  }
  EXPECT_EQ(count, 310u);
  for (const std::string& prefix : published(text, "prefix"))
    EXPECT_TRUE(is_unit(prefix + "m")) << prefix;
}

/// The published definitions give the same measure as ours.
TEST(Essence, DefinitionsMeasureTheSame) {
  const std::string text = suite("fhir-test-cases/ucum/ucum-essence.xml");
  if (text.empty()) GTEST_SKIP() << "the suites are not here";
  std::size_t compared = 0;
  for (const std::string& code : published(text, "unit")) {
    const std::size_t at = text.find("<unit Code=\"" + code + "\"");
    const std::size_t value = text.find("<value Unit=\"", at);
    const std::size_t end = text.find("</unit>", at);
    if (value == std::string::npos || value > end) continue;
    const std::string unit = text.substr(value + 13, text.find('"', value + 13) - value - 13);
    const auto defined = reduce(unit);
    const auto own = reduce(code);
    if (!defined || text.substr(at, 200).find("isArbitrary") != std::string::npos || code == "mol") continue;
    if (text.substr(at, 200).find("isSpecial") != std::string::npos) continue;
    ++compared;
    EXPECT_EQ(defined->dimension, own->dimension) << code;
  }
  EXPECT_GT(compared, 230u);
}

}  // namespace
}  // namespace fhir::ucum
