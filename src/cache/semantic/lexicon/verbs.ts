/** What programmers do. Tells "to reverse" from "to json", and gives -ing and -ed forms their base. */
export const VERBS = `
abort accept access accomplish achieve acquire add align allocate allow alter amend animate annotate
append apply archive ask assign attach authenticate authorize avoid await backup begin benchmark
bind bisect blame block blur bold break broadcast bubble build bundle cache calculate call cancel
capitalize cast catch center change check checkout cherry choose chunk clamp clean clear click clone
close collapse combine comment commit compare compile compose compress compute concatenate configure
connect consume contain contrast convert copy count crawl create crop customize debounce debug
declare decline decode decompose decompress decrease decrement decrypt dedupe deduplicate defer
define delay delegate delete deny deploy dequeue dereference describe deserialize destructure detach
detect determine diff disable discard disconnect dispatch display dispose divide document downgrade
download drag draw drop duplicate echo edit emit enable encode encrypt enqueue ensure enter
enumerate escape evaluate exchange exclude execute exit expand expire explain export expose extend
extract fetch fill filter find fix flatten flip flush focus fork format forward free freeze generate
get give go grant group halt handle hash hide highlight host hover hydrate identify ignore implement
import include increase increment index inherit initialize inject insert inspect install instantiate
interpolate intersect invalidate invert invoke iterate join keep kill launch lazy leave limit link
lint list listen load lock log login logout look lookup loop lose lowercase maintain make map mask
match measure memoize merge migrate minify minimize mock modify monitor mount move multiply mutate
nest normalize notify obfuscate observe obtain offset open optimize order output overload override
pad paginate parallelize parse partition pass paste patch pause peek perform permute persist pick
ping pivot plot point poll pop populate post predict prefetch prepare prepend preserve press
prettify prevent print process profile prompt propagate provision proxy prune publish pull push put
query quit raise randomize read reassign rebase reboot receive recover recurse redirect reduce
refactor reference refresh register reinstall reject release reload remove rename render repair
repeat replace replicate reply require reset resize resolve respond restart restore retain retrieve
retry return reuse reverse revert revoke rollback rotate round route run salt sanitize save scale
scan schedule scrape scroll search see seed select send serialize serve set setup share show shrink
shuffle sign simulate skip sleep slice solve sort spawn specify split squash stage start stash stop
store stream strip stub style submit subscribe substitute subtract sum suspend swap switch tag take
tell terminate test think throttle throw toggle tokenize trace track train transform translate
transpile traverse trigger trim troubleshoot truncate try tune tunnel turn type unbind unblock
uncomment underline understand undo unescape uninstall union unlink unlock unmount unpack unset
unstage unsubscribe untrack unwrap unzip update upgrade upload uppercase use validate verify visit
visualize wait watch whitelist wrap write yield zip
`;
