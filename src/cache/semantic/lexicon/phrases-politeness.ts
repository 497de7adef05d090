/** What people say around a question and what says nothing about it. */
export const POLITENESS_PHRASES = `
(hi|hello|hey|hiya|greetings|dear) [there|all|everyone|everybody|folks|guys|team|gpt|assistant|bot|claude] =>
good (morning|afternoon|evening|day) =>
[just] [a|one|this] [quick|small|short|simple|noob|newbie|stupid|dumb] question [about|regarding|on] =>
(i|we) (have|got) (a|one|this) [quick|small|short|simple] question [about|regarding|on] =>
here is (a|one|this) [quick|small|short|simple] question [about|regarding|on] =>
[many] (thanks|thank you|thx|ty|cheers) [a lot|so much|very much|in advance|a bunch|much] =>
(any|some) help (is|would be|will be) [much|greatly|highly] appreciated =>
i am [a|quite|very|pretty] (new to|beginner in|beginner with|learning|not familiar with|unfamiliar with) => newto
i am [a|an] [complete|total|absolute] (newbie|noob|newb|novice|student) [(in|with|at|to) (programming|coding)] =>
sorry (if|for) <6> question =>
[i was|i am|we are|was|am] [just] (wondering|curious|asking) [if you (can|could) [please]|about|whether there is|if there is|if|whether|how to / how] =>
(does|do) (anyone|anybody|someone|you|somebody) [here] (know|happen to know|have any idea) [of] =>
[do you have|have you] (any|some) (idea|ideas|clue|suggestion|suggestions|thoughts) [on|about] =>
(can|could|would|will|may|might) (you|u|someone|somebody|anyone|i|we) [please|kindly|pls|possibly|maybe|perhaps] [be so kind [as] to] (help|assist|guide|teach|show|tell|give|walk|explain to|point) [me|us] [out] [through] [with] =>
(can|could|would|will) (you|u|someone|somebody|anyone) [please|kindly|pls] [be so kind [as] to] =>
(please|kindly|pls|plz) [help|assist] [me|us] [to|with] =>
(help|teach|assist) me [to|with|understand] =>
(tell|show|give|send|hand|provide|walk|offer) [to] (me|us) [through|with] =>
(i|we) [just|really|currently|also] (want|need|wish|would like|d like|am looking|am trying|are trying|have|am supposed|am required|am going|was trying|intend|plan|try) [to|for] (know|understand|learn|find out|figure out|see|be able to|ask) =>
(i|we) [just|really|currently|also] (want|need|wish|would like|d like|am looking|am trying|are trying|am attempting|have|am supposed|was trying|intend|plan|try) to => howto
(i|we) [just|really|currently|also] (want|need|would like|d like|am looking for|look for|am after) =>
(i|we) (do not|don t|dont|cannot|can not) (know|understand|figure out|see|get) =>
(let me know|i d love to know|i would love to know|i wonder|wondering) =>
i (would|d) (be (grateful|glad|happy)|appreciate [it]) [if|for] =>
(e|eg) g =>
`;
