/** Comparing, limiting and relating one thing to another. */
export const RELATION_PHRASES = `
(less than or equal [to]|at most|no more than|not more than|up to) => lte
(greater than or equal [to]|more than or equal [to]|at least|no less than|not less than) => gte
(more|greater|larger|bigger|higher|longer|older|newer) than => gt
(over|above) / # => gt
(exceed|exceeds|exceeding) => gt
(less|fewer|smaller|lower|shorter) than => lt
(under|below) / # => lt
(not equal|not equals|unequal) [to] => neq
(different from|other than) => neq
(instead of|rather than|in place of|in lieu of) => insteadof
(such that|so that|in a way that|in order to|so as to) => to
(with no|not using|without using|without the use of|without any|without having|avoiding the use of) => without
(with the help of|with the use of|with the aid of|by means of|by using|making use of|with use of|through the use of) => using
(except for|excluding|apart from|but not) => except
(all|every|each) [of] [the] / (element|elements|item|items|entries) => all
(depending on|depends on|dependent on|depend on) => dependingon
(based on|according to) => by
related to => about
as well [as] => and
(along with|together with) => and
(in|with) [the] [programming] language => in
from scratch => fromscratch
(is|are|is it|would it be) better [to [use]] / <12> or =>
(best practice|best practices) => bestpractice
(error message|error messages) => error
`;
