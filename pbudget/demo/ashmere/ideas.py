"""What the people of Ashmere would like: ideas that fit any ward, and some that fit one ward or the whole borough.

    # Parks and nature                                            the category of the ideas under it
    Community orchard beside {path}: £3,200 to £5,600             the title, and what it may cost
    Twenty apple, pear and plum trees that anyone may pick from.  the description

`{park}`, `{school}`, `{hall}`, `{street}`, `{estate}` and `{path}` stand for places of the ward.
"""

import re
from dataclasses import dataclass

NATURE, YOUNG, STREETS = "Parks and nature", "Children and young people", "Streets and travel"
ARTS, HEALTH, COMMUNITY, OLDER = "Arts and culture", "Health and sport", "Community spaces", "Older and disabled people"
CATEGORIES = (NATURE, YOUNG, STREETS, ARTS, HEALTH, COMMUNITY, OLDER)
FIRST_LINE = re.compile(r"(?P<title>.+): £(?P<low>[\d,]+)(?: to £(?P<high>[\d,]+))?")


@dataclass(frozen=True)
class Idea:
    """An idea with the lowest and the highest it may cost, in pounds."""

    category: str
    title: str
    description: str
    low: int
    high: int


def written_ideas(text: str) -> tuple[Idea, ...]:
    """The ideas of a text in the form shown above: blocks with an empty line between them."""
    ideas, category = [], ""
    for block in text.strip().split("\n\n"):
        first, *rest = block.strip().split("\n")
        if first.startswith("# "):
            category = first.removeprefix("# ")
            continue
        said = FIRST_LINE.fullmatch(first)
        if said is None or category not in CATEGORIES:
            raise ValueError(f"“{first}” is not an idea with its cost, under a category.")
        low, high = (int(said[key].replace(",", "")) for key in ("low", "high" if said["high"] else "low"))
        ideas.append(Idea(category, said["title"], " ".join(rest), low, high))
    return tuple(ideas)


IDEAS = written_ideas("""
# Parks and nature

Thirty street trees along {street}: £9,000 to £13,500
Plants thirty young trees where the verge is wide enough, with three summers of watering. Residents help to choose the
kinds.

A wildflower meadow in {park}: £2,400 to £4,200
Turns a strip of mown grass into a meadow for bees and butterflies, with a mown path through it.

A pond and dipping platform in {park}: £7,500 to £12,000
Digs a shallow pond with a railed platform, so that children can look for newts and dragonflies safely.

Community orchard beside {path}: £3,200 to £5,600
Twenty apple, pear and plum trees that anyone may pick from. Volunteers are trained to prune them.

Raised beds on {estate}: £3,800 to £6,200
Twelve raised beds, a water butt and a tool store for residents who have no garden.

Bird and bat boxes along {path}: £1,500 to £2,600
Sixty boxes made in a weekend workshop, put up by a licensed climber.

New benches and bins in {park}: £6,400 to £9,800
Eight benches with armrests and six larger bins, placed where people asked for them last summer.

Clear the brambles and reopen {path}: £4,500 to £8,200
Cuts back overgrowth, levels the surface and adds two signposts, so that the whole length can be walked.

# Children and young people

New swings and a basket seat in {park}: £14,000 to £19,500
Replaces the worn swings and adds a basket seat that a disabled child can share with a friend.

Friday night youth club at {hall}: £11,500 to £16,000
A year of Friday evenings for 11 to 17 year olds, with two youth workers, food and a music corner.

Holiday breakfast and games club: £6,800 to £9,900
Free breakfast and a morning of games at {hall} in every school holiday, for up to forty children.

Outdoor classroom at {school}: £12,500 to £18,500
A timber shelter with seats for thirty, open to scouts, guides and toddler groups after school.

Teenage shelter with phone charging in {park}: £8,800 to £13,200
Somewhere dry to meet, designed by pupils, with solar charging and lighting until 9pm.

Homework club and loan laptops: £9,200 to £13,800
Twenty laptops and a tutor for two afternoons a week at {hall}, for pupils without a quiet place to work.

Skateable ledges and a mini ramp: £19,000 to £25,000
A small concrete skate spot on the old tennis court in {park}, drawn up with local skaters.

Baby and toddler mornings: £4,200 to £6,800
Two mornings a week at {hall} with a health visitor once a month, free for anyone with a child under four.

# Streets and travel

Zebra crossing by {school}: £21,000 to £25,000
A raised zebra crossing with better lighting at the gate where most children cross.

Covered bike parking on {street}: £8,500 to £12,800
Three covered stands for thirty bikes and two cargo bikes, on camera day and night.

Speed signs that smile on {street}: £5,400 to £7,600
Two solar signs that show a smiling face below 20 miles an hour. They also record how fast people drive.

Better lighting on {path}: £15,500 to £22,000
Fourteen low lamps that brighten when someone walks by and stay dim for the bats.

Dropped kerbs around {street}: £9,500 to £14,000
Ten dropped kerbs with tactile paving, where people with wheelchairs and prams now have to turn back.

Play street Sundays on {estate}: £1,800 to £3,200
Signs, cones and trained stewards to close one road to cars for three hours, twelve Sundays a year.

Bike repair station and free tune-ups: £3,600 to £5,900
A public pump and tool post by {hall}, and a mechanic who mends bikes there once a month for a year.

Gulley clearing and rain gardens on {street}: £13,000 to £18,000
Clears blocked gulleys and plants two rain gardens at the low end, where the road floods each autumn.

# Arts and culture

Mural on the end wall of {street}: £4,800 to £8,400
A local artist paints the story of the ward, from sketches made with residents over four workshops.

Summer bandstand Sundays in {park}: £6,000 to £9,500
Eight free concerts from brass to bhangra, with a stage for under-18s each time.

Winter lights and lantern walk: £5,200 to £8,800
Lantern workshops at {school}, a walk along {path} and lights on {street} until the new year.

Community choir and loan instruments: £3,900 to £6,700
A choir for anyone at {hall}, with thirty ukuleles, drums and keyboards to borrow.

Film nights at {hall}: £4,400 to £6,900
A screen, a projector and a year of monthly films with subtitles, chosen by whoever comes.

Story trail along {path}: £3,400 to £5,800
Ten small posts with stories told by people who have lived here longest, to read or to hear on a phone.

# Health and sport

Outdoor gym in {park}: £16,500 to £23,000
Eight machines that need no electricity, two of them for wheelchair users, and a free class each week.

Resurface the ball court in {park}: £17,500 to £24,000
A new surface, hoops and goal ends for basketball, netball and five-a-side.

Defibrillators on {street} and {estate}: £4,600 to £6,400
Two defibrillators in heated cabinets, with training for a hundred neighbours.

Couch to five kilometres, together: £2,200 to £3,900
Three running groups a year from {park}, one of them for women only, with crèche and kit to borrow.

Cook and eat well at {hall}: £5,800 to £8,600
Forty cooking sessions for families on a tight budget. Everyone takes home what they made.

Swimming lessons for adults who never learned: £7,200 to £10,400
Six courses of ten lessons, with women-only sessions and a minibus from {estate}.

Walking football and table tennis: £4,900 to £7,700
Goals, two outdoor tables and a coach for a year of gentle sport in {park}.

Drinking fountain and bottle filler in {park}: £3,300 to £5,200
One fountain by the play area, with a bowl for dogs.

# Community spaces

New kitchen for {hall}: £17,000 to £24,500
Replaces a kitchen that failed its last inspection, so that lunch clubs and parties can come back.

Solar panels on {hall}: £18,500 to £25,000
Twenty-four panels that save about £2,400 a year, which keeps the hire charge down.

Library of things: £6,600 to £9,400
Drills, tents, sewing machines and a carpet cleaner to borrow from {hall} for a pound or two.

Repair café: £1,700 to £2,900
A monthly Saturday at {hall} where volunteers mend toasters, trousers and toys. Pays for tools and testing.

Community fridge on {street}: £5,500 to £8,200
A fridge and larder for food that shops would throw away, open to all, run by volunteers.

Warm space with free wifi: £6,200 to £9,200
{hall} stays open three winter evenings a week, with tea, soup and someone to talk to.

Noticeboards in five places: £3,100 to £4,800
Five lockable boards with large print, kept up to date by a paid caretaker for two years.

Street party kit: £2,100 to £3,600
Tables, bunting, a gazebo and a road closure pack to borrow free, kept at {hall}.

# Older and disabled people

Handrails and rest stops on {path}: £7,800 to £11,600
Handrails on both flights of steps and a place to sit every hundred metres.

Weekly lunch and chair exercise at {hall}: £8,200 to £12,400
A hot lunch and half an hour of gentle exercise every Wednesday for a year, with lifts for those who need them.

Dial-a-ride on Saturdays: £10,500 to £14,800
A wheelchair-friendly minibus from {estate} to the shops and the health centre, every Saturday for a year.

Hearing loop and automatic doors for {hall}: £9,800 to £13,900
Makes the main room and the entrance work for people with hearing aids and wheelchairs.

Phones and tablets without fear: £2,300 to £4,100
Ten small classes at {school}, where pupils help older neighbours with calls, forms and photographs.

Men in sheds: £8,900 to £13,600
A workshop with benches and tools beside {hall}, so that people who live alone can make things in company.

Memory café and music: £4,300 to £6,600
Two afternoons a month for people with dementia and those who look after them, with live music.

Garden help for those who cannot: £5,900 to £8,700
A gardener and trainees cut hedges and clear steps for eighty homes, so that doors and paths stay safe.
""")
