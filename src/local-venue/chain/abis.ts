import { parseAbi } from 'viem';

const ORDER_STRUCT =
  'struct Order { uint256 salt; address maker; address signer; uint256 tokenId; uint256 makerAmount; uint256 takerAmount; uint8 side; uint8 signatureType; uint256 timestamp; bytes32 metadata; bytes32 builder; bytes signature; }';

/** The exchange as operators and readers use it. */
export const EXCHANGE_ABI = parseAbi([
  ORDER_STRUCT,
  'function matchOrders(bytes32 conditionId, Order takerOrder, Order[] makerOrders, uint256 takerFillAmount, uint256[] makerFillAmounts, uint256 takerFeeAmount, uint256[] makerFeeAmounts)',
  'function validateOrder(Order order) view',
  'function hashOrder(Order order) view returns (bytes32)',
  'function getOrderStatus(bytes32 orderHash) view returns ((bool filled, uint248 remaining))',
  'function isUserPaused(address user) view returns (bool)',
  'function userPauseBlockInterval() view returns (uint256)',
  'function pauseUser()',
  'function unpauseUser()',
  'function pauseTrading()',
  'function unpauseTrading()',
  'function setUserPauseBlockInterval(uint256 blocks)',
  'function getCtfCollateral() view returns (address)',
  'function getMaxFeeRate() view returns (uint256)',
  'function getProxyWalletAddress(address owner) view returns (address)',
  'function getSafeWalletAddress(address owner) view returns (address)',
  'function eip712Domain() view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)',
  'event OrderFilled(bytes32 indexed orderHash, address indexed maker, address indexed taker, uint8 side, uint256 tokenId, uint256 makerAmountFilled, uint256 takerAmountFilled, uint256 fee, bytes32 builder, bytes32 metadata)',
  'event OrdersMatched(bytes32 indexed takerOrderHash, address indexed takerOrderMaker, uint8 side, uint256 tokenId, uint256 makerAmountFilled, uint256 takerAmountFilled)',
  'event FeeCharged(address indexed receiver, uint256 amount)',
]);

export const ERC20_ABI = parseAbi([
  'function balanceOf(address owner) view returns (uint256)',
  'function totalSupply() view returns (uint256)',
  'function allowance(address owner, address spender) view returns (uint256)',
  'function approve(address spender, uint256 amount) returns (bool)',
  'function transfer(address to, uint256 amount) returns (bool)',
  'function mint(address to, uint256 amount)',
  'function name() view returns (string)',
  'function symbol() view returns (string)',
  'function decimals() view returns (uint8)',
]);

export const RAMP_ABI = parseAbi([
  'function wrap(address asset, address to, uint256 amount)',
  'function unwrap(address asset, address to, uint256 amount)',
]);

/** Split, merge and redeem: spoken by Conditional Tokens and by the collateral adapters. */
export const POSITIONS_ABI = parseAbi([
  'function splitPosition(address collateralToken, bytes32 parentCollectionId, bytes32 conditionId, uint256[] partition, uint256 amount)',
  'function mergePositions(address collateralToken, bytes32 parentCollectionId, bytes32 conditionId, uint256[] partition, uint256 amount)',
  'function redeemPositions(address collateralToken, bytes32 parentCollectionId, bytes32 conditionId, uint256[] indexSets)',
]);

export const CONDITIONAL_TOKENS_ABI = parseAbi([
  'function balanceOf(address owner, uint256 id) view returns (uint256)',
  'function balanceOfBatch(address[] owners, uint256[] ids) view returns (uint256[])',
  'function setApprovalForAll(address operator, bool approved)',
  'function isApprovedForAll(address owner, address operator) view returns (bool)',
  'function safeTransferFrom(address from, address to, uint256 id, uint256 value, bytes data)',
  'function prepareCondition(address oracle, bytes32 questionId, uint256 outcomeSlotCount)',
  'function reportPayouts(bytes32 questionId, uint256[] payouts)',
  'function getConditionId(address oracle, bytes32 questionId, uint256 outcomeSlotCount) view returns (bytes32)',
  'function getCollectionId(bytes32 parentCollectionId, bytes32 conditionId, uint256 indexSet) view returns (bytes32)',
  'function getPositionId(address collateralToken, bytes32 collectionId) view returns (uint256)',
  'function getOutcomeSlotCount(bytes32 conditionId) view returns (uint256)',
  'function payoutDenominator(bytes32 conditionId) view returns (uint256)',
  'function payoutNumerators(bytes32 conditionId, uint256 index) view returns (uint256)',
  'function supportsInterface(bytes4 interfaceId) view returns (bool)',
]);

/** The ledger of neg-risk markets. `convertPositions` is spoken by its collateral adapter too, which takes and pays pUSD. */
export const NEG_RISK_ABI = parseAbi([
  'function convertPositions(bytes32 marketId, uint256 indexSet, uint256 amount)',
  'function prepareQuestions(bytes32 marketId, uint256 count)',
  'function getQuestionCount(bytes32 marketId) view returns (uint256)',
  'function getFeeBips(bytes32 marketId) view returns (uint256)',
  'function getConditionId(bytes32 questionId) view returns (bytes32)',
  'function getPositionId(bytes32 conditionId, bool yes) view returns (uint256)',
  'function NO_TOKEN_BURN_ADDRESS() view returns (address)',
]);
