/** The agents of a fictional travel company and their inputs. */
export interface TravelAgent {
  readonly id: string;
  readonly model: string;
  readonly tools: readonly string[];
  readonly prompts: readonly (readonly [prompt: string, response: string])[];
  readonly weight: number;
  readonly seconds: number;
  readonly tokens: number;
}

export const travelAgents: readonly TravelAgent[] = [
  {
    id: 'trip-planner',
    model: 'claude-sonnet-4-5',
    tools: ['search_flights', 'search_hotels', 'weather_forecast', 'visa_rules', 'currency_rates'],
    weight: 5,
    seconds: 9,
    tokens: 5200,
    prompts: [
      [
        'Plan 3 days in Lisbon for two, no museums, budget 900 EUR',
        '{"city":"Lisbon","days":[{"title":"Alfama and the river","stops":["Miradouro da Graça","Feira da Ladra","Ferry to Cacilhas"],"costEur":214.5},{"title":"Sintra by train","stops":["Quinta da Regaleira","Azenhas do Mar"],"costEur":268},{"title":"Beach day","stops":["Costa da Caparica","Dinner in Trafaria"],"costEur":241}],"totalEur":723.5,"withinBudget":true}',
      ],
      [
        'Family of five to Kyoto in April, step-free hotels only',
        'Here is a calm week: three nights at a step-free ryokan near Nijo, two in Arashiyama. All trains have reserved wheelchair spaces.',
      ],
      [
        'Two weeks by rail from Hamburg to Palermo with stops',
        'Hamburg – Munich – Verona – Bologna – Rome – Naples – Palermo. Six trains, longest ride 6 h 40 min, all bookable today.',
      ],
      [
        'Long weekend in Tallinn in December, one remote-work day',
        'Friday flight 07:25, hotel with desks in the old town, Monday as the remote day. Total 612 EUR.',
      ],
      [
        'Compare Crete and Sardinia for the second week of June',
        'Sardinia is 140 EUR more and two degrees cooler; Crete has the better connections from Leipzig.',
      ],
    ],
  },
  {
    id: 'booking-desk',
    model: 'gpt-5-mini',
    tools: ['search_flights', 'hold_seat', 'create_booking', 'charge_card'],
    weight: 6,
    seconds: 3.2,
    tokens: 1900,
    prompts: [
      [
        'Rebook passenger 2 of TRV-88213 to the evening flight',
        'Done. New flight LH 1178, 19:40, seat 14C kept.',
      ],
      [
        'Hold two aisle seats BER–OSL on 14 March until 18:00',
        '{"hold":"H-55129","expires":"2026-03-14T18:00:00+01:00","seats":["9C","9D"]}',
      ],
      ['Move TRV-87750 to a quiet room, ground floor', 'Room 014 confirmed, no extra cost.'],
      ['Split TRV-88054 into two invoices', 'Two invoices issued, 50 percent each.'],
      [
        'Find a later ferry for TRV-86911, car included',
        '21:30 crossing held until noon, 12.00 EUR more.',
      ],
      ['Upgrade the return leg of TRV-88301 with points', 'Upgraded with 9,500 points, seat 2A.'],
      [
        'Cancel hotel TRV-87002 and refund what is left',
        'Cancelled free of charge. 412.00 EUR go back to the card in 3 to 5 days.',
      ],
      ['Add one checked bag to TRV-88190', 'Added. 35.00 EUR charged.'],
    ],
  },
  {
    id: 'support-inbox',
    model: 'claude-haiku-4-5',
    tools: ['find_customer', 'search_policy', 'draft_reply'],
    weight: 7,
    seconds: 1.6,
    tokens: 1250,
    prompts: [
      [
        '“My ferry was cancelled, who pays for the night in Piraeus?”',
        'Drafted a reply: the carrier owes the hotel up to 80 EUR a night; form attached.',
      ],
      [
        '“Which plug do I need for Ireland?”',
        'Drafted a reply: type G, adapter in the travel kit.',
      ],
      [
        '“The hotel lost my booking, I am at the desk”',
        'Called the hotel, booking found under the maiden name. Drafted a reply.',
      ],
      [
        '“Is the mountain pass open next Tuesday?”',
        'Drafted a reply: open, winter tyres are required until 15 April.',
      ],
      [
        '“We are now four instead of three”',
        'One seat and one bed added to the quote. Drafted a reply.',
      ],
      [
        '“Can my dog come on the night train to Vienna?”',
        'Drafted a reply: yes, in a private compartment, 29 EUR, muzzle needed on the platform.',
      ],
      [
        '“I got charged twice for the same rental car”',
        'Two charges found, one is a deposit that ends on Friday. Drafted a reply with both amounts.',
      ],
      [
        '“Please send the invoice to our accounting, again”',
        'Invoice TRV-INV-20988 sent to accounting. Drafted a short reply.',
      ],
    ],
  },
  {
    id: 'price-watch',
    model: 'gpt-5-mini',
    tools: ['search_flights', 'price_history', 'notify_customer'],
    weight: 4,
    seconds: 0.9,
    tokens: 640,
    prompts: [
      [
        'Check watch 4417: MUC–LIS below 120 EUR',
        '{"watch":4417,"price":134.2,"below":false,"next":"in 30 minutes"}',
      ],
      ['Check watch 4431: HAM–REK, any morning, below 210 EUR', 'No change since yesterday.'],
      [
        'Check watch 4409: sleeper Berlin–Stockholm, lower berth',
        'Two lower berths free on 12 May.',
      ],
      [
        'Check watch 4398: car in Porto, automatic, below 38 EUR a day',
        '36.50 EUR a day from Saturday.',
      ],
      [
        'Check watch 4420: two nights in Ghent below 180 EUR',
        '{"watch":4420,"price":171,"below":true,"notified":["e-mail","push"]}',
      ],
      [
        'Check watch 4402: night train ZRH–ZAG, any couchette',
        '{"watch":4402,"free":6,"notified":["push"]}',
      ],
    ],
  },
];
