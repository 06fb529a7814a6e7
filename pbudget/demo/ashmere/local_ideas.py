"""Ideas of one ward, three for each, and those of the whole borough; written as in `ideas`."""

from pbudget.demo.ashmere.ideas import written_ideas

OWN_IDEAS = {
    "Foundry": written_ideas("""
# Arts and culture

Light up the old furnace chimney: £11,000
Warm floodlights on the chimney from dusk to 11pm, and a plaque that says who worked there.

# Parks and nature

Green wall opposite the bus depot: £9,400
Ivy and climbing roses on a steel frame along sixty metres of bare brick.

# Children and young people

Saturday coding and soldering bench: £7,900
Laptops, kits and two tutors in the Casting Shed for thirty young people a term.
"""),
    "Hilltop": written_ideas("""
# Parks and nature

Telescope and star map on the Beacon: £6,300
A fixed telescope at two heights and a map of what can be seen by day and by night.

# Streets and travel

Grit bins for the steep streets: £3,500
Nine grit bins with scoops, filled twice each winter.

# Older and disabled people

A bench at every bus stop up the hill: £4,700
Five perch seats and two benches, so that nobody has to wait standing.
"""),
    "Lockside": written_ideas("""
# Health and sport

Canoes and a safe launch at the basin: £16,800
A floating pontoon, six canoes and lessons for beginners from April to September.

# Parks and nature

Floating reed beds: £7,200
Forty square metres of reeds along the wharf wall, for moorhens and cleaner water.

# Community spaces

Parcel lockers and a shared workroom: £13,400
The empty ground-floor room at Narrowboat Wharf becomes a place to work and to collect parcels.
"""),
    "Market": written_ideas("""
# Community spaces

A covered stall for first-time traders: £5,200
One market stall free for a month to anyone who has never traded, with advice on tax and hygiene.

# Streets and travel

Seats and shade on Cloth Square: £14,600
Three long seats, two sails for shade and a table marked out for chess.

# Arts and culture

Saturday stage outside the Butter Market: £8,300
A small covered stage with power, free to book by anyone who sings, dances or tells jokes.
"""),
    "Meadows": written_ideas("""
# Parks and nature

Boardwalk over the wet end of Long Meadow: £22,400
Ninety metres of recycled-plastic boardwalk, wide enough for wheelchairs and double buggies.

# Children and young people

Bike track behind the Meadows Centre: £12,700
Humps and banked turns for children on bikes and scooters, made from soil the council already has.

# Streets and travel

Walking bus for Long Meadow Primary School: £5,600
Two routes with paid leaders, bright vests and a trolley for the bags.
"""),
    "Northgate": written_ideas("""
# Arts and culture

Festival of the four corners: £9,600
A weekend of food, dance and stories from every part of the world that Northgate people come from.

# Community spaces

Interpreters at the Gatehouse advice desk: £11,800
Advice in seven languages on housing, work and schools, two mornings a week for a year.

# Health and sport

Women's gym hours and a crèche: £8,700
Three sessions a week at the Gatehouse Centre with childcare in the next room.
"""),
    "Orchard": written_ideas("""
# Parks and nature

Save the old cider trees: £4,900
Grafts young trees from the last forty cider apples before they are lost, and plants them in Pippin Park.

# Older and disabled people

Raised path round Pippin Park: £19,700
A level, firm path of eight hundred metres with a handrail on the slope.

# Arts and culture

Apple Day in the Cider Barn: £5,100
Pressing, singing and a long table for three hundred, every October for two years.
"""),
    "Riverside": written_ideas("""
# Health and sport

Rescue throw lines along the river: £5,700
Twelve throw lines with lifebelts, and lessons on using them for every Year 6 class.

# Parks and nature

Otter ledge under Quay Street bridge: £3,900
A dry ledge and a camera, with pictures on a screen in the Boathouse.

# Community spaces

Flood kit store at the Boathouse: £9,900
Sandbags, pumps and radios kept ready, and a yearly practice for the Osier estate.
"""),
}

BOROUGH_IDEAS = written_ideas("""
# Streets and travel

Safe cycle route from Meadows to Market: £78,000
Kerbs, crossings and signs on two miles of quiet streets, from Haymaker Road to Cloth Square.

# Children and young people

Youth bus in every ward: £64,000
A bus with music, games and two youth workers that spends one evening a week in each ward for a year.

# Parks and nature

A thousand trees for Ashmere: £45,000
Plants a thousand trees on verges and school grounds, most of them in the four wards with the fewest.

# Older and disabled people

Changing Places toilet at the Butter Market: £58,000
A toilet with a hoist and an adult-sized bench, so that everyone can spend a day in town.

# Health and sport

Free swimming for under-16s in the holidays: £36,000
Six weeks of free sessions at both pools, with lessons for those who cannot swim yet.

# Arts and culture

Ashmere river festival: £42,000
A weekend of boats, bands and food along the whole river, with something in every ward beside it.

# Community spaces

Mobile library and advice van: £52,000
Books, benefits advice and a nurse, twice a month on every estate that is a mile from a library.

# Streets and travel

Real-time signs at forty bus stops: £69,000
Screens that say when the next bus comes, with a button that reads them out.

# Community spaces

Repair fund for community halls: £48,000
Small grants for roofs, boilers and ramps, decided by a panel of residents drawn by lot.

# Health and sport

Mental health first aid for every school: £31,000
Trains four adults and eight pupils in each school, with a helpline to a clinician.

# Parks and nature

Clean up the river, weir to wharf: £27,000
Removes trolleys and plastic, and pays for monthly water tests with the results on a public screen.
""")

BOROUGH_IDEAS_TO_COME = written_ideas("""
# Children and young people

Free music lessons in every primary school: £55,000
A year of weekly group lessons for Year 4, with instruments to take home.

# Health and sport

All-weather pitch at the leisure ground: £96,000
Replaces the worn pitch, with floodlights that go off at 9pm and free hours for girls' teams.

# Streets and travel

Ten electric cars to share: £72,000
Ten cars in the eight wards, booked by the hour, two of them fitted for wheelchair users.

# Older and disabled people

Good neighbour line: £38,000
A telephone line and trained volunteers for people who need a lift, a lightbulb changed or a chat.

# Arts and culture

A people's history of Ashmere: £29,000
Recordings, photographs and a travelling exhibition made by residents, with every school taking part.
""")
