"""What Ashmere spends and takes in, in thousands of pounds: made up, and no council's figures.

# Group | who signs its words off
Name | gross | income | share that can be changed | least..most | why not further
  step | what would be lost | what could be gained
"""

LINES = """
# Care for adults | Director of Adult Services
Home care | 24000 | 4000 | 60 | -10..5 | Everyone whose needs meet the national rules must get care (Care Act 2014, section 18).
  5 | | About 90 more people get a daily visit, and visits last 5 minutes longer.
  -5 | Visits under 15 minutes become phone calls for about 120 people. | Carers lose less time on the road.
  -10 | About 240 people get fewer visits a week. Families would have to do more. | More people may be shown equipment that lets them manage alone.
Care homes for older people | 28000 | 7500 | 40 | -10..5 | People already in a home keep their place (Care Act 2014).
  5 | | 25 more places, so that fewer people wait in hospital.
  -5 | About 20 people wait 4 weeks longer for a place. | More people are helped to stay in their own home.
  -10 | One of our four homes closes. 38 people would have to move. | The building could become flats for older people.
Day centres | 2400 | 300 | 100 | -50..10 |
  10 | | All five centres open on Saturdays.
  -10 | Lunch is no longer cooked on site. | The kitchens could be let to community groups.
  -25 | Two of five centres close. About 80 people travel further. | Two buildings could be used by others.
  -50 | Three of five centres close. About 150 people lose a place to go. | More people could be helped at home instead.
Support for carers | 1100 | 0 | 100 | -25..25 | Carers have a right to have their needs looked at (Care Act 2014, section 10).
  25 | | 300 more carers get a week off a year.
  -10 | The carers’ phone line closes at weekends. | Carers are pointed to the national line.
  -25 | About 200 carers lose their yearly break. | Some of the work could go to local charities.
Looking at who needs care | 6200 | 0 | 0 | 0..0 | The law says who may ask and what we must do (Care Act 2014, section 9). We cannot do less of it.

# Children and families | Director of Children’s Services
Children in our care | 21000 | 600 | 0 | 0..0 | We are the parent of these children in law (Children Act 1989, section 22). We cannot choose to spend less.
Children’s centres | 2300 | 100 | 100 | -50..10 |
  10 | | Two more mornings a week for babies and parents in every centre.
  -10 | Centres close on Friday afternoons. | Health visitors could use the rooms.
  -25 | Two of seven centres close. About 300 families travel further. | Sessions could move into libraries.
  -50 | Four of seven centres close. | More help is given at home, to the families who need it most.
Youth clubs | 1200 | 50 | 100 | -75..25 | We must offer enough for young people to do (Education Act 1996, section 507B).
  25 | | A youth worker in the evening in every ward.
  -25 | Clubs open three evenings a week, not five. | Sports clubs could use the halls on the other evenings.
  -50 | Two of four clubs close. | Some youth workers move into schools.
  -75 | One club is left, in the town centre. | The buildings could be sold or let.
School buses | 4800 | 200 | 30 | -10..5 | Children who live far away must get to school free (Education Act 1996, section 508B).
  5 | | Buses wait for after-school clubs on two days.
  -5 | Stops are further apart. Some children walk 10 minutes more. | Fewer empty seats.
  -10 | Children over 16 pay £600 a year for their seat. | More young people may cycle or use ordinary buses.
Early help for families | 3100 | 0 | 80 | -25..10 |
  10 | | 60 more families get help before things go wrong.
  -10 | Families wait 6 weeks for help, not 3. | Help goes first to those with the greatest need.
  -25 | About 150 families a year get no help. More children may need care later, which costs more. | Less is spent now.

# Roads and transport | Director of Place
Mending roads and pavements | 6400 | 300 | 100 | -15..15 | Roads must be kept safe (Highways Act 1980, section 41).
  15 | | 12 more miles of road get a new surface each year.
  -5 | 4 fewer miles of road get a new surface each year. | Fewer roadworks.
  -15 | Potholes are mended in 10 days, not 5. Claims for damage may rise. | Fewer roadworks.
Street lights | 2100 | 0 | 100 | -25..5 |
  5 | | Broken lights are mended in 2 days, not 5.
  -10 | Every second light on main roads is off from midnight to 5am. | Less carbon and darker skies.
  -25 | Most streets are dark from midnight to 5am. Some people may feel less safe. | Less carbon; people sleep in darker rooms.
Bus routes that lose money | 1400 | 100 | 100 | -100..25 |
  25 | | Buses run until 11pm on four routes.
  -25 | No Sunday buses on six routes. | More people may share cars.
  -50 | Three of eleven routes end. About 900 trips a day. | The others run on time more often.
  -100 | All eleven routes end. Four villages have no bus. | Community minibuses may start with volunteers.
Gritting in winter | 600 | 0 | 100 | -20..10 | Main roads must be kept clear as far as we can (Highways Act 1980, section 41).
  10 | | 15 more miles of pavement are gritted.
  -10 | Hills in side streets are not gritted. | Residents can ask for a salt bin.
  -20 | Only main roads and bus routes are gritted. | Less salt reaches the streams.
Parking charges |  | 2000 | 100 | -10..25 |
  -10 | We take less, and more people may drive into town. | The first half hour is free.
  5 | An hour costs 10p more. | Spaces are easier to find.
  10 | An hour costs 20p more. | Spaces are easier to find.
  25 | An hour costs 50p more, and Sundays are charged too. Some may shop elsewhere. | Less traffic in the centre.

# Bins, parks and streets | Director of Place
Bin collections | 7300 | 400 | 50 | -20..5 | Household waste must be collected (Environmental Protection Act 1990, section 45).
  5 | | Missed bins are collected the next day.
  -10 | Rubbish is collected every three weeks, recycling every two. | More may be recycled.
  -20 | Rubbish and recycling are both collected every three weeks. | Fewer lorries in the streets.
Tips and recycling centres | 2600 | 200 | 100 | -50..10 | There must be a place to bring waste (Environmental Protection Act 1990, section 51).
  10 | | Both tips open until 8pm in summer.
  -25 | Both tips close on two weekdays. | Quieter roads nearby.
  -50 | One of two tips closes. Some may dump waste. | The land could be sold.
Street cleaning | 2200 | 0 | 100 | -40..20 | Streets must be kept clear of litter (Environmental Protection Act 1990, section 89).
  20 | | Every street is swept every two weeks.
  -20 | Side streets are swept every eight weeks, not four. | Volunteers can borrow our tools.
  -40 | Side streets are swept when somebody asks. | Volunteers can borrow our tools.
Parks and playgrounds | 2900 | 300 | 100 | -40..10 |
  10 | | Three playgrounds get new swings each year.
  -10 | Flower beds become grass. | More wild flowers for bees.
  -25 | Park toilets close and grass is cut half as often. | More wild flowers and birds.
  -40 | Six of thirty playgrounds are taken away as they wear out. | Groups could look after a park themselves.
Garden waste charge |  | 900 | 100 | 0..25 |
  10 | A brown bin costs £49.50 a year, not £45. | More people may compost at home.
  25 | A brown bin costs £56.25 a year, not £45. Some may give it up. | More people may compost at home.

# Libraries, sport and culture | Director of Culture
Libraries | 4500 | 500 | 100 | -25..10 | We must keep a full and efficient service (Public Libraries and Museums Act 1964, section 7).
  10 | | All nine libraries open on Sundays.
  -10 | Two of nine libraries close on Saturdays. | Volunteers could open them.
  -25 | Three of nine libraries close. 40,000 visits a year. | The buildings could become community hubs.
Leisure centres | 3000 | 1800 | 100 | -50..10 |
  10 | | Free swimming for under-16s in the holidays.
  -25 | Pools close two evenings a week. | Clubs could hire the pools on those evenings.
  -50 | One of three centres closes. | The land could be used for homes.
Museum and theatre | 1300 | 450 | 100 | -100..25 |
  25 | | Free theatre workshops in every school.
  -25 | The museum opens four days a week. | A friends’ group could open the others.
  -50 | The theatre has half as many shows. | More touring shows pay rent.
  -100 | Both close. | A trust might take them over.
Events and festivals | 350 | 40 | 100 | -100..25 |
  25 | | A summer event in every ward.
  -50 | Only the winter lights are left. | Shops might pay for more.
  -100 | No events paid for by the council. | Groups can still hold their own, without a fee.
Hire of halls and pitches |  | 500 | 100 | -10..20 |
  -10 | We take less. | Clubs for children pay half.
  10 | A pitch costs £4 more a match. | Better kept pitches.
  20 | A pitch costs £8 more a match. Some teams may stop. | Better kept pitches.

# Homes and safer streets | Director of Housing
Help for people without a home | 5200 | 2200 | 50 | -5..10 | We must house many of the people who ask (Housing Act 1996, part 7).
  10 | | 15 more flats, so that fewer families live in hotels.
  -5 | People who need not be housed get only advice. More may sleep rough. | Help goes first to families.
Housing advice | 800 | 100 | 100 | -50..25 |
  25 | | An adviser in every hub, each week.
  -25 | Advice by phone and online only. | Shorter calls for simple questions.
  -50 | Advice only when a home is about to be lost. | Charities could be given a room in our hubs.
Community wardens | 900 | 0 | 100 | -100..25 |
  25 | | Wardens walk every ward until 10pm.
  -25 | No wardens on Sundays. | Police teams take urgent calls, as now.
  -50 | Wardens in the town centre only. | Police teams take urgent calls, as now.
  -100 | No wardens. | Some of their work could go to volunteers.
Cameras in public places | 450 | 50 | 100 | -50..10 |
  10 | | Four more cameras where people ask for them.
  -50 | Nobody watches at night. Pictures are still kept. | People are watched less.
Grants to local groups | 1000 | 0 | 100 | -50..25 |
  25 | | About 30 more groups get £8,000 a year.
  -25 | About 30 groups lose their grant. | Groups could share buildings and costs.
  -50 | Half of the groups lose their grant. Some would close. | Lottery money might replace some of it.

# Planning, inspections and jobs | Director of Place
Planning applications | 1900 | 1100 | 50 | -10..10 | Every application must be decided in time (Town and Country Planning Act 1990).
  10 | | Decisions come two weeks sooner.
  -10 | Small applications take two weeks longer. | More is decided online.
Food and safety inspections | 1200 | 150 | 100 | -10..10 | Food businesses must be inspected (Food Safety Act 1990).
  10 | | Every new café is visited in its first month.
  -10 | Places with a good record are visited every three years, not two. | Inspectors go where the risk is.
Support for small businesses | 900 | 100 | 100 | -100..25 |
  25 | | 40 more people a year get help to start a business.
  -50 | Advice online only. | Local firms could mentor each other.
  -100 | No support. About 80 jobs a year may not be made. | The national help line stays.
Town centre and markets | 700 | 250 | 100 | -50..25 |
  25 | | A street market on Saturdays.
  -25 | Stalls cost £5 more a day. | Traders could run the market themselves.
  -50 | One of two markets ends. | The square could be used for events.
Advice before planning |  | 250 | 100 | 0..20 |
  10 | Advice on an extension costs £66, not £60. | Those who use it pay for it.
  20 | Advice on an extension costs £72, not £60. | Those who use it pay for it.

# Running the council | Director of Finance
Phone lines and front desks | 2100 | 0 | 100 | -30..10 |
  10 | | Calls are answered in 2 minutes on average, not 5.
  -10 | Calls are answered in 8 minutes on average, not 5. | More can be done online.
  -30 | Front desks open three days a week. | More can be done online.
Council offices | 3200 | 400 | 100 | -30..5 |
  5 | | Better access for wheelchairs in two buildings.
  -10 | Offices close at 4pm. | Less heating.
  -30 | One of two offices closes. Some people travel further to be seen. | The building could become homes.
Finance, law and computers | 6800 | 300 | 60 | -15..5 | Accounts must be kept and checked (Local Audit and Accountability Act 2014).
  5 | | New website for reporting and paying.
  -5 | Computers are replaced every six years, not four. | Less waste.
  -15 | Bills and freedom of information requests take longer. | Simpler rules inside the council.
Elections and councillors | 1300 | 0 | 0 | 0..0 | Elections must be held and councillors must be able to work (Representation of the People Act 1983). We cannot do less.
Paying back earlier loans | 8900 | 0 | 0 | 0..0 | We signed these loans. They must be paid (Local Government Act 2003, section 13).
"""
